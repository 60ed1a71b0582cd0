//go:build !linux

package transport

// giveWay changes nothing: what it does on Linux was not measured elsewhere.
func giveWay() {}
