package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// A client of the API server for the few calls the starter makes itself.
type client struct {
	server string
	http   *http.Client
}

type apiError struct {
	status int
	text   string
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.status, e.text) }

func statusOf(err error) int {
	var e *apiError
	if errors.As(err, &e) {
		return e.status
	}
	return 0
}

func newClient(id identity) (*client, error) {
	var parts [3][]byte
	for i, text := range []string{id.ca, id.cert, id.key} {
		var err error
		if parts[i], err = base64.StdEncoding.DecodeString(text); err != nil {
			return nil, err
		}
	}
	pair, err := tls.X509KeyPair(parts[1], parts[2])
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(parts[0])
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}}}
	return &client{server: id.server, http: &http.Client{Transport: transport}}, nil
}

func (c *client) do(ctx context.Context, method, path, contentType string, body any) (*http.Response, error) {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.server+path, reader)
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", contentType)
	}
	reply, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	if reply.StatusCode >= 300 {
		defer reply.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(reply.Body, 4096))
		return nil, &apiError{reply.StatusCode, string(bytes.TrimSpace(text))}
	}
	return reply, nil
}

// One call; out may be nil.
func (c *client) call(method, path string, body, out any) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	kind := "application/json"
	if method == "PATCH" {
		kind = "application/merge-patch+json"
	}
	reply, err := c.do(ctx, method, path, kind, body)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	if out == nil {
		_, err = io.Copy(io.Discard, reply.Body)
		return err
	}
	return json.NewDecoder(reply.Body).Decode(out)
}

// Creates the object unless it is there.
func (c *client) ensure(path string, object any) error {
	err := c.call("POST", path, object, nil)
	if statusOf(err) == http.StatusConflict {
		return nil
	}
	return err
}

// Calls `each` with every object of a collection as it is and as it changes, until ctx ends. The
// list is read again whenever the connection is lost.
func follow[T any](ctx context.Context, c *client, path string, each func(T)) {
	for ctx.Err() == nil {
		followOnce(ctx, c, path, each)
		select {
		case <-ctx.Done():
		case <-time.After(300 * time.Millisecond):
		}
	}
}

func followOnce[T any](ctx context.Context, c *client, path string, each func(T)) {
	var list struct {
		Metadata struct{ ResourceVersion string }
		Items    []T
	}
	if c.call("GET", path, nil, &list) != nil {
		return
	}
	for _, item := range list.Items {
		each(item)
	}
	reply, err := c.do(ctx, "GET", path+"?watch=1&resourceVersion="+list.Metadata.ResourceVersion, "", nil)
	if err != nil {
		return
	}
	defer reply.Body.Close()
	events := json.NewDecoder(reply.Body)
	for {
		var event struct {
			Type   string
			Object json.RawMessage
		}
		if events.Decode(&event) != nil || event.Type == "ERROR" {
			return
		}
		var object T
		if event.Type != "DELETED" && json.Unmarshal(event.Object, &object) == nil {
			each(object)
		}
	}
}
