package doctor

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"blitiri.com.ar/go/spf"
)

const (
	spfLimit    = 10 // lookups; RFC 7208 section 4.6.4
	mostLookups = 50 // that are counted
)

// stranger is an address that nobody sends from (RFC 5737): what a record says
// of it, it says of all who are not in it, and every term of it is gone through.
func stranger() net.IP { return net.IPv4(192, 0, 2, 255) }

// spf judges the record, and looks whether the server's own address is in it.
func (x *examiner) spf() Finding {
	f := Finding{Step: "SPF", Mark: OK}
	others, err := x.check(stranger(), spfLimit)
	switch others {
	case spf.None:
		x.demand("SPF", missing)
		f.Mark, f.Text = Warn, "no record at "+x.From.Domain()
		f.Hint = "publish one that names whoever sends for you, such as \"v=spf1 include:... -all\"; whoever runs the server knows it"
		return f
	case spf.TempError:
		x.demand("SPF", unknown)
		return silence(f.Step)
	case spf.PermError:
		x.demand("SPF", missing)
		f.Mark, f.Text = Warn, x.brokenSPF(err)
		f.Hint = "mend the record at " + x.From.Domain() + ": one that is broken is as good as none, or worse"
		return f
	}
	x.demand("SPF", met)
	f.Text = "a valid record, " + fmt.Sprintf("%d of %d lookups", x.lookups(), spfLimit)
	if others == spf.Pass {
		f.Mark, f.Text = Warn, f.Text+", that lets everybody send"
		f.Hint = "end it in -all or ~all"
		return f
	}
	x.outgoing(&f)
	return f
}

func (x *examiner) check(ip net.IP, limit uint) (spf.Result, error) {
	return spf.CheckHostWithSender(ip, x.From.Domain(), x.From.String(),
		spf.WithContext(x.ctx), spf.WithResolver(x.dns), spf.OverrideLookupLimit(limit))
}

// lookups is how many the record needs: the least with which it can be judged.
func (x *examiner) lookups() uint {
	for n := range uint(mostLookups) {
		if _, err := x.check(stranger(), n); !errors.Is(err, spf.ErrLookupLimitReached) {
			return n
		}
	}
	return mostLookups
}

// brokenSPF says what is wrong, in other words than the record's own.
func (x *examiner) brokenSPF(err error) string {
	switch {
	case errors.Is(err, spf.ErrMultipleRecords):
		return "several records, and one is allowed"
	case errors.Is(err, spf.ErrLookupLimitReached):
		return fmt.Sprintf("the record needs %d lookups, and %d are allowed", x.lookups(), spfLimit)
	case errors.Is(err, spf.ErrVoidLookupLimitReached):
		return "more than two names in the record do not exist"
	case errors.Is(err, spf.ErrTooManyMXRecords):
		return "a name in the record has more than ten MX"
	case errors.Is(err, spf.ErrNoResult):
		return "the record includes a domain that has none"
	case errors.Is(err, spf.ErrInvalidIP), errors.Is(err, spf.ErrInvalidMask):
		return "an address in the record is none"
	case errors.Is(err, spf.ErrUnknownField):
		return "a word in the record is no term of SPF"
	}
	return "the record cannot be read"
}

// outgoing says what the record has for the address of the server. The one that
// it sends on from may be another, and only its runner knows that.
func (x *examiner) outgoing(f *Finding) {
	at, ok := public(x.remote)
	if !ok {
		f.Text += "; which address the mail goes out from cannot be seen from here"
		return
	}
	if result, _ := x.check(at.AsSlice(), spfLimit); result == spf.Pass {
		f.Text += "; the server's own address is in it"
		return
	}
	f.Mark, f.Text = Warn, f.Text+"; the server's own address is not in it"
	f.Hint = "that is well where the server sends on from another: look for spf=pass in the header of a message you got through it"
}

// public gives the address of a server that others could see as well.
func public(remote net.Addr) (netip.Addr, bool) {
	tcp, ok := remote.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}, false
	}
	at := tcp.AddrPort().Addr().Unmap().WithZone("")
	return at, at.IsGlobalUnicast() && !at.IsPrivate()
}
