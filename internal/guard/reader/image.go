package reader

func (r *reading) readJPEG(file) error { return unreadable("of a kind that is not read") }

func (r *reading) readPNG(file) error { return unreadable("of a kind that is not read") }

func (r *reading) readTIFF(file) error { return unreadable("of a kind that is not read") }
