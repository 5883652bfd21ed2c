// Command app is the program in the test images: a page, a key-value store, a client and some
// ways to misbehave.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fail("usage: app serve|get|tcp|udp|eat|forks|crash|echo|sleep")
	}
	arg := func(i int, otherwise string) string {
		if len(os.Args) > i {
			return os.Args[i]
		}
		return otherwise
	}
	switch os.Args[1] {
	case "serve":
		serve(arg(2, os.Getenv("APP_LISTEN")))
	case "get":
		get(arg(2, ""), arg(3, ""))
	case "tcp":
		dial("tcp", arg(2, ""))
	case "udp":
		dial("udp", arg(2, ""))
	case "eat":
		eat(arg(2, "1"))
	case "forks":
		forks(arg(2, "1000"))
	case "crash":
		fmt.Println("about to crash")
		code, _ := strconv.Atoi(arg(2, "1"))
		os.Exit(code)
	case "echo":
		fmt.Println(strings.Join(os.Args[2:], " "))
	case "sleep":
		wait()
	default:
		fail("unknown command " + os.Args[1])
	}
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(2)
}

func wait() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGINT)
	<-c
}

// serve answers / with a page, /env with the environment, /GET/k and /SET/k/v with values kept in
// APP_DATA, /fetch/host:port/path with what another server answers, and /kill by ending.
func serve(listen string) {
	if listen == "" {
		listen = ":8080"
	}
	data := os.Getenv("APP_DATA")
	if data == "" {
		data = os.TempDir()
	}
	host, _ := os.Hostname()
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Printf("request %s from %s\n", r.URL.Path, r.RemoteAddr)
		fmt.Fprintf(w, "hello %s from %s\n", os.Getenv("APP_NAME"), host)
	})
	http.HandleFunc("/env", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, strings.Join(os.Environ(), "\n"))
	})
	http.HandleFunc("/SET/", func(w http.ResponseWriter, r *http.Request) {
		key, value, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/SET/"), "/")
		err := os.WriteFile(filepath.Join(data, "key-"+filepath.Base(key)), []byte(value), 0o644)
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"SET": []any{true, "OK"}})
	})
	http.HandleFunc("/GET/", func(w http.ResponseWriter, r *http.Request) {
		key := strings.TrimPrefix(r.URL.Path, "/GET/")
		value, err := os.ReadFile(filepath.Join(data, "key-"+filepath.Base(key)))
		if err != nil {
			value = []byte("default")
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"GET": string(value)})
	})
	http.HandleFunc("/fetch/", func(w http.ResponseWriter, r *http.Request) {
		status, body, err := fetch("http://"+strings.TrimPrefix(r.URL.Path, "/fetch/"), "")
		if err != nil {
			http.Error(w, err.Error(), 502)
			return
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})
	http.HandleFunc("/kill", func(w http.ResponseWriter, r *http.Request) { os.Exit(3) })
	l, err := net.Listen("tcp", listen)
	if err != nil {
		fail(err.Error())
	}
	fmt.Printf("serving %s on %s\n", os.Getenv("APP_NAME"), listen)
	go func() { fail(http.Serve(l, nil).Error()) }()
	wait()
	fmt.Println("stopping")
}

func fetch(url, host string) (int, string, error) {
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return 0, "", err
	}
	if host != "" {
		request.Host = host
	}
	client := http.Client{Timeout: 3 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return response.StatusCode, string(body), err
}

// get prints the status and the body; 1 when nothing answered.
func get(url, host string) {
	status, body, err := fetch(url, host)
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Printf("%d %s\n", status, body)
}

// dial says whether a port answers: "open", or "refused" and 1. A UDP port has to send something.
func dial(network, address string) {
	c, err := net.DialTimeout(network, address, 1500*time.Millisecond)
	if err == nil && network == "udp" {
		_ = c.SetDeadline(time.Now().Add(1500 * time.Millisecond))
		if _, err = c.Write([]byte("hello\n")); err == nil {
			_, err = c.Read(make([]byte, 1))
		}
	}
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("open")
}

// eat takes that many MiB of memory and keeps them.
func eat(mib string) {
	n, err := strconv.Atoi(mib)
	if err != nil {
		fail(err.Error())
	}
	var kept [][]byte
	for i := 0; i < n; i++ {
		b := make([]byte, 1<<20)
		for j := 0; j < len(b); j += 4096 {
			b[j] = 1
		}
		kept = append(kept, b)
	}
	fmt.Println("ate", len(kept), "MiB")
	wait()
}

// forks starts that many sleeping children and says how many the kernel let it have.
func forks(wanted string) {
	n, err := strconv.Atoi(wanted)
	if err != nil {
		fail(err.Error())
	}
	self, _ := os.Executable()
	started := 0
	for ; started < n; started++ {
		_, err := os.StartProcess(self, []string{"app", "sleep"}, &os.ProcAttr{})
		if err != nil {
			fmt.Printf("contained at %d: %v\n", started, err)
			os.Exit(1)
		}
	}
	fmt.Println("started", started)
}
