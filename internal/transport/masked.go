package transport

import "strings"

// maxMasked is how many octets of a masked reply are kept.
const maxMasked = 200

// masked gives what a reply says, in the words that servers commonly use; any
// other, which may be a piece of somebody's data, is an ellipsis. It is "" where
// no word is left.
func masked(r reply) string {
	var kept []string
	known, length := false, 0
	for _, field := range strings.Fields(strings.Join(r.lines, " ")) {
		word := strings.ToLower(strings.Trim(field, `.,;:!?"'()<>[]{}`))
		if word == "" || field == r.enhanced {
			continue
		}
		if !usual(word) {
			word = "…"
		}
		if n := len(kept); word == "…" && n > 0 && kept[n-1] == "…" {
			continue
		}
		if length += len(word) + 1; length > maxMasked {
			break
		}
		known = known || word != "…"
		kept = append(kept, word)
	}
	if !known {
		return ""
	}
	return strings.Join(kept, " ")
}

// usual says whether a word is one of commonWords.
func usual(word string) bool { return strings.Contains(commonWords, " "+word+" ") }

// commonWords are words of replies, each between blanks. None of them is a name.
const commonWords = " " +
	"a accepted access account address administratively administrator again allowed already an and are as at " +
	"authenticated authentication authorized available bad banned be because been before blacklisted blocked " +
	"blocklist but by cannot changed check closed closing command complete connection connections content could " +
	"currently daily data deactivated delay deliver delivered delivery denied destination detected disabled " +
	"discarded dkim dmarc dns does domain domains due encryption error errors exceed exceeded exceeds exist " +
	"exists expired failed failure filter for format found from full graylisted greylisted greylisting had has " +
	"have helo high host hour in inactive insufficient internal into invalid ip is it known later length limit " +
	"limited limits listed local long lookup loop mail mailbox many maximum message messages misconfigured " +
	"missing moved must name network no nobody not number of on only open or our out over overquota permanent " +
	"permanently permission permitted please policy postmaster presently problem processing prohibited protocol " +
	"quota rate reached reason receive recipient recipients refused reject rejected rejection relay relaying " +
	"reputation required requires resources response restrictions retry route routing rule sender sending sent " +
	"server service session size smtp sorry space spam spf storage such suspended suspicious syntax system table " +
	"temporarily temporary than that the their there this time timeout times to too transaction try unable " +
	"unauthenticated unauthorized unavailable undeliverable unknown unrouteable unusual unverified use user " +
	"users valid verification verify via violation virtual virus was with you your "
