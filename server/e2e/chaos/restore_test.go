package chaos_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// An older backup is brought back under live clients (G7): each is told so by another epoch, reads the log as it is now, and
// goes on; nobody is stuck. What was acknowledged before the backup is there; what came after it is lost, as a backup is.
func TestARestoredBackupIsToldToEverybody(t *testing.T) {
	n := min(trials(t, 2), 20)
	s := harness.Start(t, harness.Options{Flags: unlimited})
	c := newCrowd(t, s)
	for i := range 12 {
		c.shopper("shopper", [...]func(*harness.Shopper) opening{bySocket, bySocket, byStream}[i%3])
	}
	c.each(1)
	for i := range n {
		c.each(3)
		before := make([]map[string]int64, len(c.members))
		for i, m := range c.members {
			before[i] = m.Acked()
		}
		copied := filepath.Join(t.TempDir(), fmt.Sprintf("backup%d.db", i))
		if out, err := exec.Command(harness.Binary(t), "backup", "-data", s.Data, "-to", copied).CombinedOutput(); err != nil {
			t.Fatalf("backup: %v\n%s", err, out)
		}
		c.each(3) // after the backup
		s.Kill()
		bringBack(t, s, copied)
		s.Run()
		c.each(2)
		for i, m := range c.members {
			stored, err := m.log()
			if err != nil {
				t.Fatal(err)
			}
			if err := harness.CheckLog(stored, before[i]); err != nil {
				t.Errorf("%s: %v", m.Name, err)
			}
		}
	}
	finish(t, c, n)
	for _, m := range c.members {
		if m.Restored != n {
			t.Errorf("%s was told %d times of %d", m.Name, m.Restored, n)
		}
	}
}

// bringBack puts a backup in the place of the database of a server that is down.
func bringBack(t *testing.T, s *harness.Server, from string) {
	t.Helper()
	db := filepath.Join(s.Data, "tagalong.db")
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(db + end); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if err := os.Rename(from, db); err != nil {
		t.Fatal(err)
	}
}
