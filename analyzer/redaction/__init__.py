"""Takes credentials out of texts before anything is written. Every command and format uses this one redactor."""
