package transport

import "net"

// near says whether own and other, the ends of a connection, are on one machine.
func near(own, other net.Addr) bool {
	here, ok := own.(*net.TCPAddr)
	there, also := other.(*net.TCPAddr)
	return ok && also && (there.IP.IsLoopback() || there.IP.Equal(here.IP))
}
