package maillog

import (
	"regexp"
	"strconv"
	"strings"
)

// session is one client's, from its connect to its disconnect.
type session struct {
	open   bool
	wanted bool // a message that is wanted came in it
	taken  int  // messages of it that the queue manager has
	said   int  // messages of it that were answered with 250, once it has ended
}

// over says whether nothing more of interest can be written down of it. The
// queue manager's line may come after the client has gone.
func (s *session) over() bool { return !s.open && (!s.wanted || s.taken >= s.said) }

// coming is a message that the queue manager has not got yet.
type coming struct {
	session *session // nil where the log begins behind it
	id      string   // Message-ID, if it is wanted
}

// sessions are those of one log.
type sessions struct {
	byProcess map[string]*session // smtpd serves one client at a time
	byQueue   map[string]*coming
	pending   map[*session]bool // those that are not over
}

func newSessions() sessions {
	return sessions{map[string]*session{}, map[string]*coming{}, map[*session]bool{}}
}

func (s *sessions) open() int { return len(s.pending) }

// client notes that a client comes or goes, and says whether one did.
func (s *sessions) client(process, said string) bool {
	if strings.HasPrefix(said, "connect from ") {
		one := &session{open: true}
		delete(s.pending, s.byProcess[process]) // of which the end is not in the log
		s.byProcess[process], s.pending[one] = one, true
		return true
	}
	if !strings.HasPrefix(said, "disconnect from ") {
		return false
	}
	if one := s.byProcess[process]; one != nil {
		one.open, one.said = false, answered(said)
		delete(s.byProcess, process)
		s.settle(one)
	}
	return true
}

// answeredForm is a count of DATA or BDAT in Postfix's last line of a session,
// such as data=3, or data=3/4 for three of four that succeeded. A message of
// ours is one BDAT.
var answeredForm = regexp.MustCompile(` (?:data|bdat)=([0-9]+)`)

func answered(said string) int {
	sum := 0
	for _, m := range answeredForm.FindAllStringSubmatch(said, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil {
			sum += n
		}
	}
	return sum
}

// begin notes that a message comes in. Where ids are short they are used again,
// so an earlier message under the same one is over.
func (s *sessions) begin(process, queue, said string) {
	if strings.HasPrefix(said, "client=") {
		s.byQueue[queue] = &coming{session: s.byProcess[process]}
	}
}

// name notes the Message-ID of a message that comes in.
func (s *sessions) name(queue, id string, wanted bool) {
	c := s.byQueue[queue]
	if c == nil || c.id != "" {
		c = &coming{}
		s.byQueue[queue] = c
	}
	if !wanted {
		return
	}
	c.id = id
	if c.session != nil {
		c.session.wanted = true
	}
}

// queued notes that the queue manager has a message, and gives its Message-ID if
// that is wanted.
func (s *sessions) queued(queue string) string {
	c := s.byQueue[queue]
	if c == nil {
		return ""
	}
	delete(s.byQueue, queue)
	if c.session != nil {
		c.session.taken++
		s.settle(c.session)
	}
	return c.id
}

// settle lets go of a session that is over.
func (s *sessions) settle(one *session) {
	if one.over() {
		delete(s.pending, one)
	}
}
