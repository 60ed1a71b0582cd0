package sink

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// EnvelopesFile is the file beside the messages that holds their envelopes,
// one JSON object a line: file, from, to, size, at.
const EnvelopesFile = "envelopes.jsonl"

// store keeps messages.
type store interface {
	// keep reads a message to its end and keeps it whole or not at all; it
	// gives the envelope with the rest filled in.
	keep(envelope Received, r io.Reader) (Received, error)
	received() []Received
	count() int
	close() error
}

func newStore(o Options) (store, error) {
	if o.Dir == "" {
		return &memory{forget: o.Forget}, nil
	}
	return newFolder(o.Dir)
}

// memory keeps messages as long as it lives, or only counts them.
type memory struct {
	forget bool

	mu   sync.Mutex
	all  []Received
	kept int
}

func (m *memory) keep(received Received, r io.Reader) (Received, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return Received{}, err
	}
	received.Data, received.Size = data, int64(len(data))
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept++
	if !m.forget {
		m.all = append(m.all, received)
	}
	return received, nil
}

func (m *memory) received() []Received {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.all)
}

func (m *memory) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept
}

func (m *memory) close() error { return nil }

// folder keeps each message in a file that is named by a number.
type folder struct {
	dir       string
	envelopes *os.File

	mu   sync.Mutex
	last int // number of the file made last
	kept int
}

func newFolder(dir string) (*folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	last, err := lastNumber(dir)
	if err != nil {
		return nil, err
	}
	envelopes, err := os.OpenFile(filepath.Join(dir, EnvelopesFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return &folder{dir: dir, envelopes: envelopes, last: last}, nil
}

// lastNumber finds the highest number that an earlier sink has given away.
func lastNumber(dir string) (int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	last := 0
	for _, e := range entries {
		stem, isMessage := strings.CutSuffix(e.Name(), ".eml")
		if n, err := strconv.Atoi(stem); isMessage && err == nil {
			last = max(last, n)
		}
	}
	return last, nil
}

func (f *folder) keep(received Received, r io.Reader) (Received, error) {
	received.File = f.next()
	size, err := write(received.File, r)
	if err != nil {
		return Received{}, err
	}
	received.Size = size
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.note(received); err != nil {
		return Received{}, errors.Join(err, os.Remove(received.File))
	}
	f.kept++
	return received, nil
}

func (f *folder) next() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last++
	return filepath.Join(f.dir, fmt.Sprintf("%06d.eml", f.last))
}

// write makes the file name of what r holds, and takes it away again where
// that does not come whole.
func write(name string, r io.Reader) (int64, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	size, err := io.Copy(f, r)
	if err = errors.Join(err, f.Close()); err != nil {
		return 0, errors.Join(err, os.Remove(name))
	}
	return size, nil
}

// note writes the envelope down.
func (f *folder) note(r Received) error {
	line, err := json.Marshal(struct {
		File string    `json:"file"`
		From string    `json:"from"`
		To   []string  `json:"to"`
		Size int64     `json:"size"`
		At   time.Time `json:"at"`
	}{filepath.Base(r.File), r.From, r.To, r.Size, r.At})
	if err != nil {
		return err
	}
	_, err = f.envelopes.Write(append(line, '\n'))
	return err
}

func (f *folder) received() []Received { return nil }

func (f *folder) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.kept
}

func (f *folder) close() error { return f.envelopes.Close() }
