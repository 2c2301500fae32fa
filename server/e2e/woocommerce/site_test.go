package woocommerce_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// site is a WordPress with the stand-in for WooCommerce and the plugin, on a MariaDB of its own. There is one for all tests of the
// package: it takes seconds to make. Each test gets it as it was when it had been made.
type site struct {
	dir    string // all that it needs
	root   string // WordPress
	socket string // MariaDB's
	port   int
	db     *process
	web    *process
	broken bool // this test breaks the plugin on purpose

	products map[string]int // by SKU
}

// The people of the site.
const (
	adminPassword    = "test-password-admin"
	customerPassword = "test-password-cora"
)

// The plugin, as the merchant's site knows it.
const (
	pluginFolder = "tagalong-chat"
	pluginFile   = pluginFolder + "/tagalong-chat.php"
)

// missing tells what this machine lacks: then the tests are skipped.
type missing struct{ what string }

func (m missing) Error() string { return m.what }

var (
	theSite   *site
	siteError error
	siteOnce  sync.Once
)

// TestMain ends the site after the tests.
func TestMain(m *testing.M) {
	code := m.Run()
	if theSite != nil {
		theSite.close()
	}
	os.Exit(code)
}

// openSite gives the site as it was made.
func openSite(t *testing.T) *site {
	t.Helper()
	fresh := false
	siteOnce.Do(func() {
		theSite, fresh = &site{}, true
		siteError = theSite.make()
	})
	if m, ok := errors.AsType[missing](siteError); ok {
		t.Skip(m.what)
	}
	if siteError != nil {
		t.Fatal(siteError)
	}
	if !fresh {
		theSite.must(t, "database.php", "restore", theSite.socket)
	}
	_ = os.Remove(theSite.file("trace"))
	_ = os.Remove(theSite.file("debug.log"))
	theSite.broken = false
	t.Cleanup(func() { theSite.checkLog(t) })
	return theSite
}

// repository gives a path of the repository.
func repository(path string) string { return filepath.Join("..", "..", "..", path) }

func (s *site) file(name string) string { return filepath.Join(s.dir, name) }

// host is the site's authority.
func (s *site) host() string { return fmt.Sprintf("shop.localhost:%d", s.port) }

// url gives the address of a path of the site.
func (s *site) url(path string) string { return "http://" + s.host() + path }

// make builds the site and starts it.
func (s *site) make() error {
	wordpress, err := s.needs()
	if err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "woo-site-"); err != nil {
		return err
	}
	s.root, s.socket = s.file("wordpress"), s.file("db.sock")
	if err := os.Mkdir(s.file("opcache"), 0o755); err != nil {
		return err
	}
	steps := []func() error{func() error { return s.unpack(wordpress) }, s.startDatabase, s.install, s.serve}
	for _, step := range steps {
		if err := step(); err != nil {
			s.close()
			return err
		}
	}
	return nil
}

// needs looks for what must be installed, and gives WordPress's folder.
func (s *site) needs() (string, error) {
	for _, program := range []string{"php", "mariadbd", "apt-get", "dpkg"} {
		if _, err := lookPath(program); err != nil {
			return "", missing{"no " + program + ": run .ci/apt"}
		}
	}
	modules, err := exec.Command("php", "-m").Output()
	if err != nil || !strings.Contains(string(modules), "mysqli") || !strings.Contains(string(modules), "curl") {
		return "", missing{"PHP has no mysqli or no curl: run .ci/apt"}
	}
	out, err := exec.Command(repository("plugins/woocommerce/tests/site/fetch")).Output()
	if err != nil {
		return "", missing{fmt.Sprintf("WordPress cannot be had: %v\n%s", err, exitOutput(err))}
	}
	return strings.TrimSpace(string(out)), nil
}

// lookPath finds a program, those of root too.
func lookPath(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err == nil {
		return path, nil
	}
	path = filepath.Join("/usr/sbin", program)
	_, err = os.Stat(path)
	return path, err
}

func exitOutput(err error) []byte {
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return e.Stderr
	}
	return nil
}

// unpack lays the files out. Copies, not links: WordPress finds itself by where its files are, and deletes what it removes.
func (s *site) unpack(wordpress string) error {
	here := repository("plugins/woocommerce/tests/site")
	for _, c := range [][2]string{
		{wordpress + "/.", ""},
		{filepath.Join(here, "woocommerce-stub") + "/.", "wp-content/plugins/woocommerce"},
		{filepath.Join(here, "theme") + "/.", "wp-content/themes/tagalong-test-shop"},
		{filepath.Join(here, "mu-plugins") + "/.", "wp-content/mu-plugins"},
		{filepath.Join(here, "config.php"), "wp-config.php"},
	} {
		into := filepath.Join(s.root, c[1])
		if err := os.MkdirAll(filepath.Dir(into), 0o755); err != nil {
			return err
		}
		if strings.HasSuffix(c[0], "/.") {
			_ = os.MkdirAll(into, 0o755) // cp fails where it is not
		}
		// One of the links leads to a file of a web server's that is not there.
		if out, err := exec.Command("cp", "-rL", c[0], into).CombinedOutput(); err != nil && !bytes.Contains(out, []byte(".htaccess")) {
			return fmt.Errorf("copy %s: %w\n%s", c[0], err, out)
		}
	}
	return s.installPlugin()
}

// installPlugin puts the plugin there as its build makes it for merchants.
func (s *site) installPlugin() error {
	build := exec.Command(repository("plugins/woocommerce/scripts/build"), filepath.Join(s.root, "wp-content/plugins"))
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the plugin: %w\n%s", err, out)
	}
	return nil
}

// startDatabase runs MariaDB on an empty folder and a socket of its own, without its tables of users, whom nobody asks for here, and
// without the care for its disk that a test can do without.
func (s *site) startDatabase() error {
	data := s.file("db")
	if err := os.Mkdir(data, 0o700); err != nil {
		return err
	}
	mariadbd, err := lookPath("mariadbd")
	if err != nil {
		return err
	}
	me, err := user.Current() // it refuses to be root unless it is told to
	if err != nil {
		return err
	}
	s.db, err = start(s.file("db.log"), nil, mariadbd,
		"--no-defaults", "--user="+me.Username, "--datadir="+data, "--socket="+s.socket, "--pid-file="+s.file("db.pid"),
		"--skip-networking", "--skip-grant-tables", "--skip-log-bin", "--performance-schema=off", "--max-connections=40",
		"--innodb-log-file-size=8M", "--innodb-buffer-pool-size=64M", "--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0")
	if err != nil {
		return err
	}
	return s.db.ready(20*time.Second, func() bool {
		c, err := net.Dial("unix", s.socket)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

// install makes the site's content and keeps it.
func (s *site) install() error {
	var err error
	if s.port, err = freePort(); err != nil {
		return err
	}
	settings, _ := json.Marshal(map[string]string{
		"socket": s.socket, "log": s.file("debug.log"), "trace": s.file("trace"), "salt": rand.Text(),
	})
	if err := os.WriteFile(filepath.Join(s.root, "site.json"), settings, 0o600); err != nil {
		return err
	}
	steps := [][]string{{"database.php", "create", s.socket}, {"install.php"}, {"furnish.php"}, {"database.php", "keep", s.socket}}
	for _, step := range steps {
		if out, err := s.script(step[0], step[1:]...); err != nil {
			return fmt.Errorf("%s: %w\n%s", step[0], err, out)
		}
	}
	return nil
}

// serve runs PHP's own web server, with four processes: WordPress calls itself, and shoppers come at once.
func (s *site) serve() error {
	var err error
	router, err := filepath.Abs(repository("plugins/woocommerce/tests/site/router.php"))
	if err != nil {
		return err
	}
	args := append(phpFlags(s), "-S", fmt.Sprintf("127.0.0.1:%d", s.port), "-t", s.root, router)
	s.web, err = start(s.file("web.log"), []string{"PHP_CLI_SERVER_WORKERS=4"}, "php", args...)
	if err != nil {
		return err
	}
	return s.web.ready(20*time.Second, func() bool {
		resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/wp-includes/js/jquery/jquery.min.js", s.port))
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// phpFlags are the settings of PHP. What was compiled is kept in a folder: each run of a script is a process of its own.
func phpFlags(s *site) []string {
	var flags []string
	for _, setting := range []string{
		"memory_limit=256M", "display_errors=0", "log_errors=1", "error_log=" + s.file("debug.log"),
		"error_reporting=24575", // all but E_DEPRECATED
		"opcache.enable=1", "opcache.enable_cli=1", "opcache.file_cache=" + s.file("opcache"),
	} {
		flags = append(flags, "-d", setting)
	}
	return flags
}

func freePort() (int, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().(*net.TCPAddr).Port, nil
}

// script runs one of the site's scripts in WordPress's folder.
func (s *site) script(name string, args ...string) ([]byte, error) {
	return s.command(nil, name, args...).CombinedOutput()
}

func (s *site) command(env []string, name string, args ...string) *exec.Cmd {
	path, _ := filepath.Abs(repository("plugins/woocommerce/tests/site/" + name))
	cmd := exec.Command("php", append(append(phpFlags(s), path), args...)...)
	cmd.Dir = s.root
	cmd.Env = append(os.Environ(), "SITE_URL="+s.url(""), "SITE_HOST="+s.host(), "PLUGINS="+pluginFile,
		"ADMIN_PASSWORD="+adminPassword, "CUSTOMER_PASSWORD="+customerPassword)
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

func (s *site) must(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := s.script(name, args...); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// caller is whom a piece of PHP runs as.
type caller struct {
	user  string // login; nobody when empty
	admin bool   // in the administration
}

// do runs PHP inside WordPress, as a request of its own, and reads what it returns into out when that is not nil.
func (s *site) do(t *testing.T, out any, code string) {
	t.Helper()
	s.as(t, caller{}, out, code)
}

func (s *site) as(t *testing.T, who caller, out any, code string) {
	t.Helper()
	answer, err := s.run(who, code)
	if err != nil {
		t.Fatal(err)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(answer, out); err != nil {
		t.Fatalf("%s answered %s: %v", code, answer, err)
	}
}

func (s *site) run(who caller, code string) ([]byte, error) {
	env := []string{"SITE_USER=" + who.user}
	if who.admin {
		env = append(env, "SITE_ADMIN=1")
	}
	cmd := s.command(env, "eval.php")
	cmd.Stdin = strings.NewReader(code)
	printed, err := cmd.CombinedOutput()
	_, answer, found := bytes.Cut(printed, []byte("--answer--"))
	if err != nil || !found {
		log, _ := os.ReadFile(s.file("debug.log"))
		return nil, fmt.Errorf("%s: %w\n%s\n%s", code, err, printed, tail(log))
	}
	line, _, _ := bytes.Cut(answer, []byte("\n"))
	return line, nil
}

func tail(b []byte) []byte { return b[max(0, len(b)-4000):] }

// secrets are a plugin key and a signed token.
var secrets = regexp.MustCompile(`tgk_\w{12,}|eyJ[\w-]{20,}\.`)

// checkLog fails a test that made the plugin do what PHP or WordPress warns of.
func (s *site) checkLog(t *testing.T) {
	t.Helper()
	log, err := os.ReadFile(s.file("debug.log"))
	if err != nil {
		return
	}
	if secret := secrets.FindString(string(log)); secret != "" {
		t.Errorf("the log has %.12s… in it", secret)
	}
	for line := range strings.Lines(string(log)) {
		caught := strings.Contains(line, "Tagalong Chat: ") && !s.broken // it catches what goes wrong in a hook, and says so
		if caught || strings.Contains(line, "PHP ") && strings.Contains(line, "tagalong") {
			t.Errorf("the log has: %s", line)
		}
	}
	if t.Failed() {
		t.Logf("the site's log:\n%s", tail(log))
	}
}

// close ends the site's processes and takes its folder away.
func (s *site) close() {
	s.web.end()
	s.db.end()
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}
