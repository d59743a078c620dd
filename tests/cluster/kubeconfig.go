package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
)

func base64Text(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

func kubeconfigText(server, ca, user string) []byte {
	return fmt.Appendf(nil, `apiVersion: v1
kind: Config
clusters:
- name: local
  cluster: {server: "%s", certificate-authority-data: %s}
users:
- name: local
  user: {%s}
contexts:
- name: local
  context: {cluster: local, user: local}
current-context: local
`, server, ca, user)
}

// The parts of a kubeconfig that kubeconfigText wrote; not a reader of kubeconfigs in general.
type identity struct{ server, ca, cert, key string }

func readKubeconfig(file string) (identity, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return identity{}, err
	}
	part := func(name string) string {
		match := regexp.MustCompile(name + `: "?([^",}\s]+)`).FindSubmatch(text)
		if match == nil {
			return ""
		}
		return string(match[1])
	}
	id := identity{part("server"), part("certificate-authority-data"), part("client-certificate-data"), part("client-key-data")}
	if id.server == "" || id.ca == "" || id.cert == "" || id.key == "" {
		return id, fmt.Errorf("%s is not an administrator's kubeconfig of a local cluster", file)
	}
	return id, nil
}

// localcluster token: a kubeconfig with a token of a service account, to act with its rights and no
// others.
func tokenMain(args []string) error {
	flags := flag.NewFlagSet("token", flag.ExitOnError)
	admin := flags.String("admin", "", "the administrator's kubeconfig, a `file`")
	account := flags.String("service-account", "", "`NAMESPACE/NAME`")
	out := flags.String("out", "", "`file` to write")
	hours := flags.Int("hours", 24, "how long the token is good")
	flags.Parse(args)
	namespace, name, ok := strings.Cut(*account, "/")
	if !ok || *admin == "" || *out == "" {
		return errors.New("token needs -admin, -service-account NAMESPACE/NAME and -out")
	}
	id, err := readKubeconfig(*admin)
	if err != nil {
		return err
	}
	api, err := newClient(id)
	if err != nil {
		return err
	}
	var reply struct {
		Status struct{ Token string }
	}
	request := map[string]any{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
		"spec": map[string]any{"expirationSeconds": *hours * 3600}}
	path := "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + name + "/token"
	if err := api.call("POST", path, request, &reply); err != nil {
		return err
	}
	token, err := json.Marshal(reply.Status.Token)
	if err != nil {
		return err
	}
	return os.WriteFile(*out, kubeconfigText(id.server, id.ca, "token: "+string(token)), 0o600)
}
