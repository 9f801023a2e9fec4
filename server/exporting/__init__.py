"""`khiu export`: the rows behind the figures, for internal audit (contract section 6)."""
