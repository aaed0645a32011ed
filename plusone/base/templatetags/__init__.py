"""What templates can say: money, moments, icons, charts, form controls, texts."""
