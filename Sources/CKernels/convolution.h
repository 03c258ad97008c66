// Convolution in blocks of eight images, and for few images. Included once per kernel set.
