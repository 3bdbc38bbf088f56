//! Permissive walkers of zip, tar and compressed streams that yield every reading a loader could make.
