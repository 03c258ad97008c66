// Products of small integers. Included once per kernel set.
