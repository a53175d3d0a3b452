/** The spawner that starts a pod for every server: JupyterHub's {@code kubespawner}. */
@NullMarked
package dev.orrery.kubernetes.pods;

import org.jspecify.annotations.NullMarked;
