"""The forms in which CloudTrail lies on disk, one in a file each; `analyzer.trail.registry` finds them."""
