package reader

func (r *reading) readPDF(file) error { return unreadable("of a kind that is not read") }
