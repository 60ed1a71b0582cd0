package transport

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"runtime"

	"mailshot/internal/rule"
)

// readAuthorities gives the system's authorities and those of a PEM file.
func readAuthorities(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, &rule.Fault{File: file, What: "tls-ca cannot be read", Hint: "give a file of certificates in PEM"}
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, &rule.Fault{File: file, What: "no certificate in it", Hint: "give a file of certificates in PEM"}
	}
	return roots, nil
}

// readOwn gives what shows the client's own certificate, whatever authorities
// the server names: many know the certificate alone. Without a key file the key
// is in the certificate's.
func readOwn(certFile, keyFile string) (func(*tls.CertificateRequestInfo) (*tls.Certificate, error), error) {
	if keyFile == "" {
		keyFile = certFile
	}
	if err := closedToOthers(keyFile); err != nil {
		return nil, err
	}
	certPEM, err := os.ReadFile(certFile)
	if err != nil {
		return nil, &rule.Fault{File: certFile, What: "tls-cert cannot be read", Hint: "give a file with your certificate in PEM"}
	}
	keyPEM, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, &rule.Fault{File: keyFile, What: "tls-key cannot be read", Hint: "give a file with the key of your certificate in PEM"}
	}
	own, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return nil, &rule.Fault{File: certFile, What: "no certificate, or not the one that the key is for",
			Hint: "give a certificate with ?tls-cert=FILE and its key, without a passphrase, with &tls-key=FILE, both in PEM"}
	}
	return func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &own, nil }, nil
}

// closedToOthers refuses a key that others on this machine can read.
func closedToOthers(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return &rule.Fault{File: file, What: "tls-key cannot be read", Hint: "give a file with the key of your certificate in PEM"}
	}
	if runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0 { // the mode says nothing there
		return nil
	}
	return &rule.Fault{File: file, What: "others can read the key", Hint: "chmod 600 " + rule.ShellWord(file)}
}
