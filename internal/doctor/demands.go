package doctor

import "strings"

// standing is how a demand stands.
type standing uint8

const (
	unknown standing = iota
	missing
	met
)

func (s standing) String() string { return [...]string{"not known", "no", "yes"}[s] }

func state(good bool) standing {
	if good {
		return met
	}
	return missing
}

// demand sets down how one demand of the large providers stands. Of several
// DKIM keys one is enough.
func (x *examiner) demand(name string, s standing) {
	x.stands[name] = max(x.stands[name], s)
}

// unsubscribe says how the messages let a recipient leave.
func (x *examiner) unsubscribe() Finding {
	f := Finding{Step: "unsubscribe", Mark: OK}
	switch x.Unsubscribe {
	case UnsubscribeOneClick:
		f.Text = "one click (RFC 8058)"
		x.demand("one-click unsubscribe", met)
	case UnsubscribeUnknown:
		f.Mark, f.Text = Skip, "not known"
		f.Hint = "name the template to have its list-unsubscribe looked at"
	case UnsubscribeNone:
		f.Mark, f.Text = Warn, "the template has no list-unsubscribe"
	case UnsubscribeLink:
		f.Mark, f.Text = Warn, "the template's list-unsubscribe takes more than one click"
	}
	if f.Mark == Warn {
		f.Hint = "set list-unsubscribe to an https link that holds a field of the row; invoices and the like need none"
		x.demand("one-click unsubscribe", missing)
	}
	return f
}

// aligned says whether DMARC can pass: the domain that SPF or DKIM is about must
// be that of From (RFC 7489 section 3.1). The envelope's sender is that of From.
func (x *examiner) aligned() Finding {
	f := Finding{Step: "alignment", Mark: OK}
	var by []string
	for _, name := range []string{"SPF", "DKIM"} {
		if x.stands[name] == met {
			by = append(by, name)
		}
	}
	if len(by) > 0 {
		f.Text = strings.Join(by, " and ") + " can pass for From's domain, where the server keeps the envelope's sender and signs with that key"
		return f
	}
	f.Mark, f.Text = Warn, "neither SPF nor DKIM is known to speak for From's domain"
	f.Hint = "see SPF and DKIM above: one of them has to, for DMARC to pass"
	return f
}

// demands sums up what Gmail and Yahoo want of who sends to many (5,000 a day),
// as far as it can be known before sending.
func (x *examiner) demands() Finding {
	f := Finding{Step: "bulk", Mark: OK}
	texts := []string{}
	for _, name := range []string{"SPF", "DKIM", "DMARC", "one-click unsubscribe"} {
		s := x.stands[name]
		texts = append(texts, name+" "+s.String())
		if s == missing {
			f.Mark, f.Hint = Warn, "mend what is missing before a list of thousands: Gmail and Yahoo put off or refuse the rest"
		}
	}
	f.Text = "Gmail and Yahoo want: " + strings.Join(texts, ", ") + "; TLS and a PTR record are up to the server"
	return f
}
