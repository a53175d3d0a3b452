// Command pause is the first process of each pod: the pod's namespaces last as long as it does.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// Where containers of a pod share its processes, orphans become ours: ignored, the kernel takes them away.
	signal.Ignore(syscall.SIGCHLD)
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, syscall.SIGINT)
	<-end
}
