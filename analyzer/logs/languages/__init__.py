"""The line languages of text logs, a folder for each grammar; none knows another."""
