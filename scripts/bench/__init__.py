"""Les mesures de `make bench` : des rapports pris sur une même machine, au même moment."""
