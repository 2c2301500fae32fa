package harness

import (
	"database/sql"
	"path/filepath"

	_ "modernc.org/sqlite" // puts the neighbour's rows into the database
)

// NeighbourEmail is the owner's of a neighbour.
const NeighbourEmail = "owner@neighbour.example"

// Neighbour puts a second merchant into the server's database and gives the server as that merchant knows it. The program sets up one
// merchant only, so that theirs is set up in a database of its own and its rows are copied while nobody runs.
func (s *Server) Neighbour() *Server {
	s.t.Helper()
	dir := s.t.TempDir()
	n := &Server{Data: dir, Port: s.Port, t: s.t, env: s.env}
	n.setup("Neighbour", "Neighbour's shop", "https://neighbour.example", NeighbourEmail)
	s.Stop()
	if err := copySetup(filepath.Join(s.Data, "tagalong.db"), filepath.Join(dir, "tagalong.db")); err != nil {
		s.t.Fatal(err)
	}
	s.Run()
	n.Data = s.Data
	n.choosePassword()
	return n
}

// copySetup copies what setup writes.
func copySetup(into, from string) (err error) {
	db, err := sql.Open("sqlite", into+"?_pragma=foreign_keys(ON)")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1) // what is attached belongs to a connection
	if _, err := db.Exec(`ATTACH DATABASE $1 AS neighbour`, from); err != nil {
		return err
	}
	for _, table := range []string{"merchants", "shops", "feeds", "agents", "password_resets", "plugin_keys"} {
		if _, err := db.Exec(`INSERT INTO main.` + table + ` SELECT * FROM neighbour.` + table); err != nil {
			return err
		}
	}
	return nil
}
