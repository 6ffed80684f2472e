
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import zhike.foundation.kit.clock
import zhike.foundation.kit.ids


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '0001_initial'),
        ('customers', '0003_newest_of_a_band'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PortalAccount',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uid', models.UUIDField(default=zhike.foundation.kit.ids.uid, editable=False, unique=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('origin', models.CharField(choices=[('live', 'live'), ('import', 'import'), ('sample', 'sample')], default='live', editable=False, max_length=8)),
                ('external_id', models.CharField(blank=True, default='', max_length=80)),
                ('created_at', models.DateTimeField(default=zhike.foundation.kit.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=zhike.foundation.kit.clock.now, editable=False)),
                ('deleted_at', models.DateTimeField(editable=False, null=True)),
                ('name', models.CharField(max_length=64, verbose_name='name')),
                ('state', models.CharField(choices=[('invited', 'invited'), ('active', 'in use'), ('closed', 'closed')], default='invited', max_length=8, verbose_name='state')),
                ('phone_blind', models.BinaryField(null=True)),
                ('email_blind', models.BinaryField(null=True)),
                ('password', models.CharField(default='!', editable=False, max_length=160)),
                ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                ('link_number', models.PositiveIntegerField(default=0, editable=False)),
                ('session_number', models.PositiveIntegerField(default=0, editable=False)),
                ('failures', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('locked_until', models.DateTimeField(editable=False, null=True)),
                ('last_seen_at', models.DateTimeField(blank=True, null=True, verbose_name='last sign-in')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.contact', verbose_name='contact')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer', verbose_name='customer')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.department')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['customer', '-created_at'], name='portal_of_customer'), models.Index(fields=['-created_at', '-id'], name='portal_newest'), models.Index(condition=models.Q(('phone_blind__isnull', False)), fields=['phone_blind'], name='portal_phone'), models.Index(condition=models.Q(('email_blind__isnull', False)), fields=['email_blind'], name='portal_email')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('contact__isnull', False), ('deleted_at', None), ('state__in', ['invited', 'active'])), fields=('contact',), name='one_portal_account_per_contact'), models.UniqueConstraint(condition=models.Q(('contact__isnull', True), ('deleted_at', None), ('state__in', ['invited', 'active'])), fields=('customer',), name='one_portal_account_per_person')],
            },
        ),
    ]
