;; Inserts "p" where the file marks it with "|", then makes what follows: one edit as a code action, the next ones by the
;; command. Writes the text after each step, and saves. -*- lexical-binding: t -*-

(defun scenario-wait-for (what probe)
  (let ((tries 900))
    (while (not (funcall probe))
      (when (zerop (setq tries (1- tries))) (error "Waited in vain for %s" what))
      (accept-process-output nil 0.02))))

(setq eglot-sync-connect nil make-backup-files nil)

(defun scenario-note (name)
  (let ((text (format "%s %d\n%s" name (line-number-at-pos) (buffer-string))))
    (write-region text nil (concat buffer-file-name "." name) nil 'quiet)))

(defun scenario-run ()
  (find-file (car command-line-args-left))
  (setq command-line-args-left nil)
  (eglot-ensure)
  (run-hooks 'post-command-hook)
  (scenario-wait-for "eglot" #'eglot-managed-p)
  (goto-char (point-min))
  (search-forward "  x = 0")
  (backward-char 5)
  (insert "p")
  (eglot-code-actions (point) (point) "quickfix" t)
  (scenario-wait-for "the first edit" (lambda () (string-search "constructor(px" (buffer-string))))
  (scenario-note "action")
  (copilot-next-edit)
  (scenario-wait-for "the second edit" (lambda () (string-search "this.px = px" (buffer-string))))
  (scenario-note "command")
  (save-buffer))

(scenario-run)
