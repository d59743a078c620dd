package main

import (
	"context"
	"net/url"
)

const provisioner = "k8s-scheduler.dev/local-volumes"

type objectMeta struct {
	Name, Namespace, UID string
	DeletionTimestamp    *string
}

type claim struct {
	Metadata objectMeta
	Spec     struct {
		StorageClassName *string
		VolumeName       string
		AccessModes      []string
		VolumeMode       *string
		Resources        struct{ Requests map[string]string }
	}
	Status struct {
		Phase    string
		Capacity map[string]string
	}
}

type volume struct {
	Metadata objectMeta
	Spec     struct {
		StorageClassName              string
		PersistentVolumeReclaimPolicy string
		Capacity                      map[string]string
	}
	Status struct{ Phase string }
}

// Plays the storage of the cluster: a volume for every pending claim of our class, a bigger one for
// a claim that grew, none for a claim that is gone. No data is kept: no container runs.
func provisionVolumes(ctx context.Context, api *client) {
	go follow(ctx, api, "/api/v1/persistentvolumes", func(v volume) {
		if v.Spec.StorageClassName == storageClass && v.Status.Phase == "Released" &&
			v.Spec.PersistentVolumeReclaimPolicy == "Delete" && v.Metadata.DeletionTimestamp == nil {
			api.call("DELETE", "/api/v1/persistentvolumes/"+url.PathEscape(v.Metadata.Name), nil, nil)
		}
	})
	follow(ctx, api, "/api/v1/persistentvolumeclaims", func(c claim) {
		if c.Spec.StorageClassName == nil || *c.Spec.StorageClassName != storageClass ||
			c.Metadata.DeletionTimestamp != nil {
			return
		}
		size := c.Spec.Resources.Requests["storage"]
		if c.Spec.VolumeName == "" {
			api.ensure("/api/v1/persistentvolumes", newVolume(c, size))
		} else if c.Status.Phase == "Bound" && c.Status.Capacity["storage"] != size {
			grow(api, c, size)
		}
	})
}

func newVolume(c claim, size string) any {
	return map[string]any{
		"apiVersion": "v1", "kind": "PersistentVolume",
		"metadata": map[string]any{"name": "pvc-" + c.Metadata.UID,
			"annotations": map[string]string{"pv.kubernetes.io/provisioned-by": provisioner}},
		"spec": map[string]any{
			"capacity": map[string]string{"storage": size}, "accessModes": c.Spec.AccessModes,
			"volumeMode":                    c.Spec.VolumeMode,
			"persistentVolumeReclaimPolicy": "Delete", "storageClassName": storageClass,
			"claimRef": map[string]string{"apiVersion": "v1", "kind": "PersistentVolumeClaim",
				"namespace": c.Metadata.Namespace, "name": c.Metadata.Name, "uid": c.Metadata.UID},
			"hostPath": map[string]string{"path": "/var/empty/" + c.Metadata.UID},
		},
	}
}

func grow(api *client, c claim, size string) {
	capacity := map[string]string{"storage": size}
	if api.call("PATCH", "/api/v1/persistentvolumes/"+url.PathEscape(c.Spec.VolumeName),
		map[string]any{"spec": map[string]any{"capacity": capacity}}, nil) != nil {
		return
	}
	api.call("PATCH", "/api/v1/namespaces/"+c.Metadata.Namespace+"/persistentvolumeclaims/"+
		url.PathEscape(c.Metadata.Name)+"/status", map[string]any{"status": map[string]any{"capacity": capacity}}, nil)
}
