package ledger

import (
	"errors"
	"net"
	"testing"
)

// A server that takes connections and says nothing is one that is away: it is
// waited for, and what the library says of it is not shown.
func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = Open(t.Context(), "postgres://desk@"+l.Addr().String()+"/ledger?connect_timeout=1&sslmode=disable")
	failed, ok := errors.AsType[*Error](err)
	if !ok || failed.Err != errAway {
		t.Errorf("error %v", err)
	}
}
