"""One participant's path through a study, for the curious: read from an export, told and drawn."""
