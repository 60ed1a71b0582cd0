package report

import "strings"

// Meaning is what a failure means, and what to do about it.
type Meaning struct{ What, Do string }

const (
	takeOut = "take the address out of the list, or `mailshot suppress add` it"
	goOn    = "run the same command again: who is deferred is tried again"
	anew    = "send to them again as another campaign, with the rows of --failed-rows"
	senders = "see `mailshot doctor`, and publish what is missing for the sender's domain"
	ask     = "ask whoever runs the server that you send through"
)

// Explain gives the meaning of f: by its enhanced code, else by the class of
// that, else by its reply code (RFC 3463, RFC 7372, RFC 7505, RFC 5321 section
// 4.2.3).
func Explain(f Failure) Meaning {
	m := meaning(f)
	if f.Outcome != Deferred { // nobody else is tried again by itself
		m.Do = strings.Replace(m.Do, goOn, anew, 1)
	}
	return m
}

func meaning(f Failure) Meaning {
	if f.Outcome == Unknown {
		return Meaning{"the link broke after the message was handed over: the server may have it",
			"settle it by the server's log: `mailshot resolve`"}
	}
	if f.Outcome == Deferred && strings.HasPrefix(f.Enhanced, "4.7.") {
		return Meaning{"the server does not take it from you for now, as with greylisting", goOn}
	}
	if f.Outcome == Deferred && f.Enhanced == "4.1.1" { // Postfix's, while it asks the next server
		return Meaning{"the server does not know yet whether there is such a mailbox", goOn + "; " + takeOut + " if it stays so"}
	}
	_, detail, _ := strings.Cut(f.Enhanced, ".")
	if m, ok := details()[detail]; ok {
		return m
	}
	subject, _, _ := strings.Cut(detail, ".")
	if m, ok := subjects()[subject]; ok {
		return m
	}
	if m, ok := replies()[f.Code]; ok {
		return m
	}
	return byClass(f)
}

// details are subject and detail of an enhanced code.
func details() map[string]Meaning {
	return map[string]Meaning{
		"1.1":  {"there is no such mailbox", takeOut},
		"1.2":  {"there is no such domain, or it takes no mail", "look for a typing error; else " + takeOut},
		"1.3":  {"the server takes the address for none", "look for a typing error; else " + takeOut},
		"1.6":  {"the mailbox has moved", "ask for the new address; " + takeOut},
		"1.7":  {"the server takes the sender's address for none", "correct `from`"},
		"1.8":  {"the sender's domain is not known", senders},
		"1.10": {"the domain says that it takes no mail at all", takeOut},
		"2.0":  {"the mailbox cannot be written to", takeOut + " if it stays so"},
		"2.1":  {"the mailbox is closed", takeOut},
		"2.2":  {"the mailbox is full", "send again in some days"},
		"2.3":  {"the message is too large for the mailbox", "make attachments smaller, or link to them"},
		"2.4":  {"the address is a mailing list that takes no messages from you", takeOut},
		"3.1":  {"the disk of the server is full", goOn + ", later"},
		"3.4":  {"the message is too large for the server", "make attachments smaller, or link to them"},
		"4.1":  {"the host behind the address does not answer", goOn + "; " + takeOut + " if it stays so"},
		"4.4":  {"there is no way to the domain", "look for a typing error; else " + takeOut},
		"4.7":  {"the server has tried for days and given up", takeOut + " if it stays so"},
		"6.7":  {"a server on the way does not take addresses beyond ASCII", "ask for another address"},
		"7.0":  {"the server refuses it by a rule of its own", senders + "; send more slowly with --rate"},
		"7.1":  {"the server does not take it from you, by its rules", senders},
		"7.8":  {"user or password are wrong", "see --smtp-user and --smtp-password-file"},
		"7.20": {"no DKIM signature passes", senders},
		"7.21": {"no DKIM signature is good enough", senders},
		"7.22": {"no DKIM signature is of the sender's domain", senders},
		"7.23": {"SPF says that the server may not send for the domain", senders},
		"7.24": {"the SPF record cannot be used", senders},
		"7.25": {"the sending host has no name in the DNS", ask},
		"7.26": {"neither SPF nor DKIM pass", senders},
		"7.27": {"the sender's domain says that it takes no mail", senders},
	}
}

// subjects are what details have in common (RFC 3463 section 3).
func subjects() map[string]Meaning {
	return map[string]Meaning{
		"1": {"something is wrong with the address", takeOut},
		"2": {"something is wrong with the mailbox", takeOut + " if it stays so"},
		"3": {"the server has a fault, or not what the message needs", goOn + ", later"},
		"4": {"the network or the way there has a fault", goOn},
		"5": {"the servers do not understand each other", ask},
		"6": {"the server does not take what the message is made of", "look at it with `mailshot preview`"},
		"7": {"the server refuses it by its rules", senders},
	}
}

// replies are reply codes without an enhanced one.
func replies() map[int]Meaning {
	return map[int]Meaning{
		421: {"the server closes, or has had enough of one connection", goOn + "; --max-per-connection may help"},
		450: {"the mailbox is busy, or the server wants it to be tried later", goOn},
		451: {"the server has a fault, or wants it to be tried later", goOn},
		452: {"the server has no room, or has had enough for now", goOn + "; send more slowly with --rate"},
		530: {"the server wants a user and a password", "see --smtp-user and --smtp-password-file"},
		535: {"user or password are wrong", "see --smtp-user and --smtp-password-file"},
		550: {"there is no such mailbox, or the server refuses it", takeOut},
		551: {"the mailbox is not here", takeOut},
		552: {"the message is too large, or the mailbox is full", "make attachments smaller, or send again in some days"},
		553: {"the server takes the address for none", "look for a typing error; else " + takeOut},
		554: {"the server refuses it", senders},
	}
}

func byClass(f Failure) Meaning {
	switch {
	case f.Code == 0 && f.Enhanced == "" && f.Outcome == Deferred:
		return Meaning{"it was not handed over", goOn}
	case f.Outcome == Deferred:
		return Meaning{"the server does not take it now", goOn}
	}
	return Meaning{"the server refuses it for good", ask}
}
