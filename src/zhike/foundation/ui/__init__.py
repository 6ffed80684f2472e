"""What pages share: the navigation by the path, icons, components, sentences for refusals."""
