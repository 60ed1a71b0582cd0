package reader

// readPlain reads text, and tables of text.
func (r *reading) readPlain(f file) error {
	texts, err := decode(f.content, charsetOf(f.mediaType), r.left)
	if err != nil {
		return err
	}
	for _, t := range texts {
		if what := structured(t); what != "" {
			return unreadable(what + " under the name of a text")
		}
		if err := r.add(t, false); err != nil {
			return err
		}
	}
	return nil
}
