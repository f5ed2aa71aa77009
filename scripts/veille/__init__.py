"""Ce qui change ailleurs : dernières versions, Zensical."""
