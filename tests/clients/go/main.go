// Signs in once, as stdin says, by Microsoft's azidentity, and prints what came of it as JSON.
// Certificate, key and assertion come by stdin, so that none stands in the list of processes.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

type request struct {
	Way       string `json:"way"`
	Authority string `json:"authority"`
	Tenant    string `json:"tenant"`
	Client    string `json:"client"`
	Scope     string `json:"scope"`
	Pem       string `json:"pem"`
	Assertion string `json:"assertion"`
	File      string `json:"file"`
}

type outcome struct {
	Token string `json:"token,omitempty"`
	Error string `json:"error,omitempty"`
}

func credential(asked request) (azcore.TokenCredential, error) {
	shared := azcore.ClientOptions{
		Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: asked.Authority},
	}
	switch asked.Way {
	case "certificate":
		certificates, key, err := azidentity.ParseCertificates([]byte(asked.Pem), nil)
		if err != nil {
			return nil, err
		}
		options := azidentity.ClientCertificateCredentialOptions{
			ClientOptions: shared, DisableInstanceDiscovery: true,
		}
		return azidentity.NewClientCertificateCredential(
			asked.Tenant, asked.Client, certificates, key, &options)
	case "assertion":
		assertion := func(context.Context) (string, error) { return asked.Assertion, nil }
		options := azidentity.ClientAssertionCredentialOptions{
			ClientOptions: shared, DisableInstanceDiscovery: true,
		}
		return azidentity.NewClientAssertionCredential(
			asked.Tenant, asked.Client, assertion, &options)
	case "token file":
		return azidentity.NewWorkloadIdentityCredential(
			&azidentity.WorkloadIdentityCredentialOptions{
				ClientOptions: shared, DisableInstanceDiscovery: true,
				TenantID: asked.Tenant, ClientID: asked.Client, TokenFilePath: asked.File,
			})
	}
	return nil, fmt.Errorf("there is no way to sign in by %s", asked.Way)
}

func token(asked request) (string, error) {
	chosen, err := credential(asked)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	got, err := chosen.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{asked.Scope}})
	return got.Token, err
}

func main() {
	var asked request
	var came outcome
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fmt.Fprintln(os.Stderr, "stdin is no request:", err)
		os.Exit(2)
	}
	var err error
	if came.Token, err = token(asked); err != nil {
		came.Error = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(came); err != nil {
		fmt.Fprintln(os.Stderr, "cannot write:", err)
		os.Exit(2)
	}
}
