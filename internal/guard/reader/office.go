package reader

func (r *reading) readDocx(file) error { return unreadable("of a kind that is not read") }

func (r *reading) readXlsx(file) error { return unreadable("of a kind that is not read") }

func (r *reading) readPptx(file) error { return unreadable("of a kind that is not read") }

func (r *reading) readOpenDocument(file) error { return unreadable("of a kind that is not read") }
