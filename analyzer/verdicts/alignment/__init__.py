"""Where each deploy lies in the trail: who made its calls, and how far its log's clock is from CloudTrail's."""
