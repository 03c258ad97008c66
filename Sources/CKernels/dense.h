// Dense layers with weights in panels. Included once per kernel set.
