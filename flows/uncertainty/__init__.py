"""How uncertain are the KPIs of a design: all that is uncertain drawn, computed again, and taken apart by source."""
