"""Takes credentials out of texts before anything is written: one redactor for every command and format."""
