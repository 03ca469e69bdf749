"""Units: the roster, what 泛称 stand for, who carries what."""
