package rule

import "slices"

// An Entry says what one rule is about, for a reader who met it.
type Entry struct {
	ID      ID
	Stops   string // what it refuses
	Passes  string // what looks like it and is let through
	Example string // a case that it stops
	Cure    string // what to do about it
}

// Table gives all rules, in the order in which a campaign meets them: the
// list, the template, the finished message, the sending.
func Table() []Entry { return slices.Clone(table) }

// Lookup gives the entry of id.
func Lookup(id ID) (e Entry, ok bool) {
	i := slices.IndexFunc(table, func(e Entry) bool { return e.ID == id })
	if i < 0 {
		return Entry{}, false
	}
	return table[i], true
}

var table = slices.Concat(listRules, templateRules, messageRules, sendingRules)

var listRules = []Entry{
	{
		ID:      BlankAddress,
		Stops:   "a row without an address",
		Passes:  "empty lines at the end of the list",
		Example: "a row whose cell under `email` holds nothing or only spaces",
		Cure:    "fill the cell in, take the row out, or leave such rows out with --skip-bad-rows",
	},
	{
		ID:      BadAddress,
		Stops:   "an address that is not one plain local-part@domain: comments, groups, routes, quotes, angle brackets, spaces inside",
		Passes:  "international domains and local parts; spaces before and after the address",
		Example: "`Ann <ann@x.example>` or `ann@x` in the address column",
		Cure:    "write the bare address, or leave such rows out with --skip-bad-rows",
	},
	{
		ID:      SeveralAddresses,
		Stops:   "a cell that holds two addresses",
		Passes:  "a plus tag or an apostrophe in the one address",
		Example: "`ann@x.example; bob@x.example` in the address column",
		Cure:    "give each address a row of its own",
	},
	{
		ID:      ControlCharacter,
		Stops:   "a line break or NUL in a value that goes into a header, a file name or the envelope",
		Passes:  "line breaks in a cell that is used in the body",
		Example: "a name cell that goes on, after a line break, with `Bcc: bob@x.example`, used in `to-name`",
		Cure:    "take the line break out of the cell",
	},
	{
		ID:      RaggedRow,
		Stops:   "a row with more or fewer cells than there are headings",
		Passes:  "empty cells at the end",
		Example: "`Ann,Berlin, Mitte,ann@x.example` under three headings",
		Cure:    "put quotes around a cell that holds the separator, or add the missing cells",
	},
	{
		ID:      DuplicateHeading,
		Stops:   "two headings that become the same name in a template",
		Passes:  "headings that differ in more than case, spaces and punctuation",
		Example: "`First Name` beside `first_name`",
		Cure:    "rename or remove one of the two columns",
	},
	{
		ID:      AddressColumn,
		Stops:   "a list in which no column holds addresses, or more than one does",
		Passes:  "a column of postal addresses beside the one of mail addresses",
		Example: "`email` and `email_private`, both full of addresses",
		Cure:    "name the column with --address-column",
	},
	{
		ID:      SwallowedRows,
		Stops:   "a cell that has eaten the rows after it because of a stray quote",
		Passes:  "a postal address over several lines",
		Example: "a cell that begins with a quote and goes on for lines, one of them a row with an address",
		Cure:    "look for a quote without its partner at the beginning of that row",
	},
	{
		ID:      SharedMailbox,
		Stops:   "one mailbox on several rows that differ in what the template uses",
		Passes:  "rows that are the same in all that is used: the first is sent, the others are left out with a notice",
		Example: "`family@x.example` once with the account of one and once with that of another",
		Cure:    "take one of the rows out, or name the column that tells them apart under `shared-mailboxes`",
	},
	{
		ID:      RepeatedIdentifier,
		Stops:   "one value on two rows of a column that is to identify each person",
		Passes:  "a voucher that everyone has; a few contacts of one account",
		Example: "the same unsubscribe token on two rows of a column of tokens that are otherwise all different",
		Cure:    "correct the list, or declare the column as `text` under `columns` if it identifies nobody",
	},
	{
		ID:      ForeignInCell,
		Stops:   "another row's identifier in a cell that the template uses",
		Passes:  "columns that name another person on purpose, listed under `relational`",
		Example: "a note of one row that quotes the address of another",
		Cure:    "take it out of the cell, or list the column under `relational`",
	},
	{
		ID:      MisalignedColumns,
		Stops:   "names that belong to the addresses of other rows, over the list or a stretch of it",
		Passes:  "addresses that show no names, such as nicknames and office@; a name in another row's address here and there",
		Example: "an address cell taken out by itself, so that every address below it moved up by one row",
		Cure:    "look for a cell that is missing or too many where the names stop fitting, or join the columns again by a key",
	},
}

var templateRules = []Entry{
	{
		ID:      ListAsMessage,
		Stops:   "the recipient list, or an export of it, as the body or an attachment",
		Passes:  "a table that holds no recipient's data",
		Example: "`attachments: [people.csv]`, where people.csv is the list",
		Cure:    "name the file that was meant",
	},
	{
		ID:      ForeignInTemplate,
		Stops:   "a recipient's data in what all messages share: the template's own words or a shared attachment",
		Passes:  "the sender's `identities`, and what `allow` names with a reason",
		Example: "the address of someone on the list left in the template after a trial",
		Cure:    "put a field of the row in its place, or list the value under `allow` with a reason",
	},
	{
		ID:      UnreadableAttachment,
		Stops:   "an attachment in which nobody can look for other recipients' data: encrypted, damaged, or of a kind that is not read",
		Passes:  "files whose SHA-256 stands under `allow-files` with a reason",
		Example: "a scan, or a ZIP archive with a password",
		Cure:    "look at the file yourself, then list its SHA-256 under `allow-files`",
	},
	{
		ID:      AttachmentPairing,
		Stops:   "a recipient's own attachment that is missing, used by two rows, or without what `must-contain` asks for",
		Passes:  "one file for rows that share the value of `must-contain`",
		Example: "`invoices/{{ .account }}.txt` where two rows have one account",
		Cure:    "make one file for each row, named from a column that is different for each",
	},
}

var messageRules = []Entry{
	{
		ID:      Header,
		Stops:   "a header field that is not allowed or stands twice, above all Cc, Bcc and fields that a provider reads recipients from",
		Passes:  "the constant fields that providers use for tags and streams",
		Example: "`headers: {Cc: team@x.example}`",
		Cure:    "take the field out; to reach one more person, add a row",
	},
	{
		ID:      To,
		Stops:   "a To that is not exactly the row's one mailbox",
		Passes:  "a display name from the row",
		Example: "a `to-name` that renders another row's address",
		Cure:    "make `to-name` from the row's name alone",
	},
	{
		ID:      Sender,
		Stops:   "a From, Sender or Reply-To that is not the campaign's own, or is another recipient's",
		Passes:  "colleagues who are on the list themselves and stand under `identities`",
		Example: "`reply-to` set to an address on the list",
		Cure:    "correct the field, or list the address under `identities` if it is the sender's own",
	},
	{
		ID:      Envelope,
		Stops:   "an envelope whose recipient is not To, or whose sender is not the campaign's",
		Passes:  "a return path that is the same for all",
		Example: "a message for one row handed over under the address of the next",
		Cure:    "nothing in the list or template can cause this: report it",
	},
	{
		ID:      ForeignAddress,
		Stops:   "another recipient's address, or a hash of it, anywhere in the message",
		Passes:  "the row's own address, the sender's identities, and a longer address that merely ends alike",
		Example: "a cell with a colleague's address printed in the body",
		Cure:    "look at the cells that the template prints at that place; list the column under `relational` if it names others on purpose",
	},
	{
		ID:      ForeignIdentifier,
		Stops:   "another recipient's account, order, token or phone number in the message",
		Passes:  "numbers that are also the row's own, dates, amounts, and values that many rows share",
		Example: "an unsubscribe link that carries the token of another row",
		Cure:    "look at the cells that the template prints at that place; declare the column as `text` if it identifies nobody",
	},
	{
		ID:      ForeignName,
		Stops:   "another recipient's full name in the message",
		Passes:  "a name that is part of the row's own, a first name by itself, a signatory under `identities`",
		Example: "`Dear Ann Example` in the message for Bob",
		Cure:    "look at the cells that the template prints at that place, or list the name under `allow` with a reason",
	},
	{
		ID:      Structure,
		Stops:   "a message that, read back, is not the planned one: other parts, fields or attachments, text outside all parts",
		Passes:  "conditional comments for one mail program",
		Example: "a cell that brings the boundary of a part with it",
		Cure:    "look at the cells that the template prints at that place",
	},
	{
		ID:      Line,
		Stops:   "a bare CR or LF, a NUL, or a line over 998 octets in the finished bytes: servers disagree where such a message ends",
		Passes:  "lines that hold one dot",
		Example: "a bare CR in a cell that is printed as it stands",
		Cure:    "take the control character out of the cell or the template",
	},
	{
		ID:      TokenInTwo,
		Stops:   "a value that is to be one recipient's alone in two messages: a token, a Message-ID, an unsubscribe link",
		Passes:  "what the template writes in every message, `identities`, `allow` and columns under `relational`",
		Example: "`list-unsubscribe: https://x.example/u/{{ .token }}` where two rows have one token",
		Cure:    "correct the list, or declare the column as `text` under `columns` if it identifies nobody",
	},
	{
		ID:      NotRepeatable,
		Stops:   "a message that is another when it is made again, by another worker and in another order",
		Passes:  "the Date, which stands apart",
		Example: "data of an earlier message carried over into a later one",
		Cure:    "look for what changed while the check ran; if nothing did, report it",
	},
}

var sendingRules = []Entry{
	{
		ID:      Stale,
		Stops:   "a list, template or attachment that is no longer what was checked or approved",
		Passes:  "rows in another order, another server, rate or limit",
		Example: "the list saved again by a spreadsheet while the campaign runs",
		Cure:    "run `mailshot check` again, and approve the new digest; `send --approved` with the file that `check --json` was written to says what has changed",
	},
	{
		ID:      Wire,
		Stops:   "bytes on their way to the server that are not a cleared message to its one recipient, or an answer out of step",
		Passes:  "nothing else: the connection is closed and the run stops",
		Example: "a second RCPT within one transaction",
		Cure:    "run the same command again; those who have their message do not get it twice",
	},
}
