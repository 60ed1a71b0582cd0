package transport

import (
	"net"
	"testing"
)

func TestNear(t *testing.T) {
	for _, c := range []struct {
		own, other string
		want       bool
	}{
		{"127.0.0.1", "127.0.0.1", true},
		{"::1", "::1", true},
		{"192.0.2.7", "192.0.2.7", true},
		{"192.0.2.7", "192.0.2.8", false},
		{"2001:db8::1", "2001:db8::2", false},
	} {
		if got := near(&net.TCPAddr{IP: net.ParseIP(c.own)}, &net.TCPAddr{IP: net.ParseIP(c.other)}); got != c.want {
			t.Errorf("%s to %s: %v", c.own, c.other, got)
		}
	}
}
