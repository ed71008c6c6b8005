"""What is done with cells and curves: assembled, cycled, their KPIs extracted, compared with measurements."""
