package realtime

import "time"

// Limits of the door. Zero values mean the defaults.
type Limits struct {
	Frame        int           // bytes of a client's frame; 32 KiB
	QueueFrames  int           // frames that may wait for a slow reader; 256
	QueueBytes   int           // and their bytes; 256 KiB
	WorkFrames   int           // client frames that may wait for their turn; 256
	Hello        time.Duration // until the first frame; 5 s
	Beat         time.Duration // between beats and pings; 25 s
	Pong         time.Duration // until a pong; 10 s
	Write        time.Duration // for one write; 10 s
	Handle       time.Duration // for one client frame; 10 s
	Linger       time.Duration // for the peer to see a Close; 2 s
	Messages     float64       // sends and amends per second and session; 5
	MessageBurst int           // 20
	Frames       float64       // frames of any kind per second and connection; 50, or four times Messages
	FrameBurst   int           // 200
	BadFrames    int           // that close a connection; 5
	PerSession   int           // connections of one shopper session; 10
	PerIP        int           // connections of one client address; 50
	Accepts      float64       // upgrades per second of this node; 2,000
	AcceptBurst  int           // 10,000
	Resumes      int           // reads of logs at a time; 64
	Joined       int           // conversations that one connection may join; 200
	Recheck      time.Duration // between looks at whether an agent's session still holds; 5 s
}

func or[T int | float64 | time.Duration](v *T, otherwise T) {
	if *v == 0 {
		*v = otherwise
	}
}

func (l *Limits) defaults() {
	or(&l.Frame, 32<<10)
	or(&l.QueueFrames, 256)
	or(&l.QueueBytes, 256<<10)
	or(&l.WorkFrames, 256)
	or(&l.Hello, 5*time.Second)
	or(&l.Beat, 25*time.Second)
	or(&l.Pong, 10*time.Second)
	or(&l.Write, 10*time.Second)
	or(&l.Handle, 10*time.Second)
	or(&l.Linger, 2*time.Second)
	or(&l.Messages, 5)
	or(&l.MessageBurst, 20)
	or(&l.Frames, max(50, 4*l.Messages)) // a message brings typing and receipts with it
	or(&l.FrameBurst, max(200, 4*l.MessageBurst))
	or(&l.BadFrames, 5)
	or(&l.PerSession, 10)
	or(&l.PerIP, 50)
	or(&l.Accepts, 2_000)
	or(&l.AcceptBurst, 10_000)
	or(&l.Resumes, 64)
	or(&l.Joined, 200)
	or(&l.Recheck, 5*time.Second)
}
