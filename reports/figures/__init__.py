"""The figures: each collects plain frozen data from the findings, and draws it with Plotly."""
