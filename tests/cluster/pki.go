package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// The certificates of one cluster, in files under dir. Keys of a former run are used again, so that
// a kept cluster goes on to accept the tokens it gave.
type pki struct {
	dir string
	ca  *x509.Certificate
	key crypto.Signer
}

func (p *pki) file(name string) string { return filepath.Join(p.dir, name) }

func newPKI(dir string) (*pki, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	p := &pki{dir: dir}
	if !fileExists(p.file("ca.key")) {
		if err := p.makeCA(); err != nil {
			return nil, err
		}
	}
	pair, err := tls.LoadX509KeyPair(p.file("ca.crt"), p.file("ca.key"))
	if err != nil {
		return nil, err
	}
	p.ca, p.key = pair.Leaf, pair.PrivateKey.(crypto.Signer)

	if !fileExists(p.file("sa.key")) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		public, err := x509.MarshalPKIXPublicKey(key.Public())
		if err != nil {
			return nil, err
		}
		if err := writePEM(p.file("sa.pub"), "PUBLIC KEY", public); err != nil {
			return nil, err
		}
		if err := writeKey(p.file("sa.key"), key); err != nil {
			return nil, err
		}
	}

	server := subject{name: "server", cn: "kube-apiserver",
		ips: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv4(10, 96, 0, 1)},
		dns: []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"}}
	for _, s := range []subject{
		server,
		{name: "admin", cn: "admin", org: "system:masters"},
		{name: "controller-manager", cn: "system:kube-controller-manager"},
		{name: "scheduler", cn: "system:kube-scheduler"},
		{name: "kwok", cn: "kwok", org: "system:masters"},
	} {
		if err := p.issue(s); err != nil {
			return nil, err
		}
	}
	return p, nil
}

type subject struct {
	name, cn, org string
	ips           []net.IP
	dns           []string
}

func (p *pki) makeCA() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "local cluster"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		return err
	}
	if err := writePEM(p.file("ca.crt"), "CERTIFICATE", der); err != nil {
		return err
	}
	return writeKey(p.file("ca.key"), key)
}

func (p *pki) issue(s subject) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	name := pkix.Name{CommonName: s.cn}
	if s.org != "" {
		name.Organization = []string{s.org}
	}
	template := x509.Certificate{SerialNumber: serial, Subject: name, IPAddresses: s.ips, DNSNames: s.dns,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, &template, p.ca, key.Public(), p.key)
	if err != nil {
		return err
	}
	if err := writePEM(p.file(s.name+".crt"), "CERTIFICATE", der); err != nil {
		return err
	}
	return writeKey(p.file(s.name+".key"), key)
}

func writeKey(file string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(file, "PRIVATE KEY", der)
}

func writePEM(file, kind string, der []byte) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}

func fileExists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// Kubeconfig of one of the subjects. Everything is inside it, so the file can be copied and read by
// a program that is not allowed the folder.
func (p *pki) kubeconfig(name, server string) error {
	var data [3]string
	for i, file := range []string{"ca.crt", name + ".crt", name + ".key"} {
		bytes, err := os.ReadFile(p.file(file))
		if err != nil {
			return err
		}
		data[i] = base64Text(bytes)
	}
	user := fmt.Sprintf("client-certificate-data: %s, client-key-data: %s", data[1], data[2])
	return os.WriteFile(p.file(name+".kubeconfig"), kubeconfigText(server, data[0], user), 0o600)
}
