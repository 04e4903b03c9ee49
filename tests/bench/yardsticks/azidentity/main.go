// A minimal token sidecar on azidentity, to measure exo-token beside: one target, no policy, no checks.
//
// Variables: AUTHORITY, TENANT, CLIENT, SCOPE, CA, OUT (the token file), and ASSERTION or CERTIFICATE (a file).
package main

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

var expires, renewals atomic.Int64

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// A credential is made anew for each renewal: its cache would give the old token back.
func credential(options azcore.ClientOptions) azcore.TokenCredential {
	tenant, client := os.Getenv("TENANT"), os.Getenv("CLIENT")
	if file := os.Getenv("CERTIFICATE"); file != "" {
		certificates, key, err := azidentity.ParseCertificates(must(os.ReadFile(file)), nil)
		if err != nil {
			log.Fatal(err)
		}
		return must(azidentity.NewClientCertificateCredential(tenant, client, certificates, crypto.PrivateKey(key),
			&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true}))
	}
	assertion := func(context.Context) (string, error) {
		text, err := os.ReadFile(os.Getenv("ASSERTION"))
		return string(text), err
	}
	return must(azidentity.NewClientAssertionCredential(tenant, client, assertion,
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true}))
}

func replace(path string, data []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".token.")
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Write(data); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

func metrics(out http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(out, "expiration_timestamp_seconds %d\nrenewals_total %d\n", expires.Load(), renewals.Load())
}

func main() {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(must(os.ReadFile(os.Getenv("CA"))))
	transport := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	options := azcore.ClientOptions{
		Transport: transport,
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: os.Getenv("AUTHORITY")},
	}
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	http.HandleFunc("/metrics", metrics)
	go http.Serve(listener, nil)
	fmt.Println(listener.Addr())
	for {
		request := policy.TokenRequestOptions{Scopes: []string{os.Getenv("SCOPE")}}
		token := must(credential(options).GetToken(context.Background(), request))
		document := must(json.Marshal(map[string]any{"access_token": token.Token, "expires_on": token.ExpiresOn}))
		if err := replace(os.Getenv("OUT"), document); err != nil {
			log.Fatal(err)
		}
		expires.Store(token.ExpiresOn.Unix())
		renewals.Add(1)
		time.Sleep(time.Until(token.ExpiresOn) / 2)
	}
}
