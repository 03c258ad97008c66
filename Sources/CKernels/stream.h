// Passes over long runs of numbers. Included once per kernel set.
