"""Company sign-in: staff come in by OIDC, WeCom, DingTalk or Feishu; nobody becomes staff by it.

``services``: which ones this installation offers. ``protocols``: how each tells who somebody is. ``binding``: whose
identity that is here.
"""
