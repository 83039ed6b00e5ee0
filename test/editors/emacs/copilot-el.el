;; A client of next edits that sends what copilot.el sends and checks what that checks: it asks half a second after a change,
;; takes the first edit if version and document are those it asked about, says that it showed it, and says by a notification
;; that it made it. Writes what it saw. -*- lexical-binding: t -*-

(require 'jsonrpc)

(defvar client nil)
(defvar client-version 0)

(defun client-notify (method params) (jsonrpc-notify client method params))

(defun client-uri () (concat "file://" buffer-file-name))

;; In UTF-16 units.
(defun client-position (&optional at)
  (save-excursion
    (goto-char (or at (point)))
    (let ((before (buffer-substring-no-properties (line-beginning-position) (point))))
      (list :line (1- (line-number-at-pos))
            :character (/ (length (encode-coding-string before 'utf-16le)) 2)))))

(defun client-place (position)
  (save-excursion
    (goto-char (point-min))
    (forward-line (plist-get position :line))
    (let ((units (plist-get position :character)))
      (while (> units 0)
        (setq units (- units (if (> (char-after) #xffff) 2 1)))
        (forward-char)))
    (point)))

(defun client-changed (from to _length)
  (setq client-version (1+ client-version))
  (client-notify 'textDocument/didChange
                 (list :textDocument (list :uri (client-uri) :version client-version)
                       :contentChanges (vector (list :text (buffer-string))))))

(defun client-start ()
  (setq client
        (make-instance 'jsonrpc-process-connection
                       :name "copilot" :notification-dispatcher #'ignore
                       :request-dispatcher (lambda (&rest _) nil)
                       :process (make-process :name "copilot" :command '("copilot-lsp" "--stdio")
                                              :coding 'utf-8-emacs-unix :connection-type 'pipe :noquery t
                                              :stderr (get-buffer-create " *copilot stderr*"))))
  (jsonrpc-request client 'initialize
                   (list :processId (emacs-pid)
                         :capabilities '(:workspace (:workspaceFolders t) :window (:showDocument (:support t)))
                         :initializationOptions
                         (list :editorInfo (list :name "Emacs" :version emacs-version)
                               :editorPluginInfo '(:name "copilot.el" :version "0.9.0"))))
  (client-notify 'initialized '())
  (client-notify 'textDocument/didOpen
                 (list :textDocument (list :uri (client-uri) :languageId "javascript" :version client-version
                                           :text (buffer-string))))
  (client-notify 'textDocument/didFocus (list :textDocument (list :uri (client-uri))))
  (add-hook 'after-change-functions #'client-changed nil t))

;; The edit, once there is one; it is on screen then.
(defun client-ask ()
  (sleep-for 0.5)
  (let* ((version client-version)
         (answer (jsonrpc-request client 'textDocument/copilotInlineEdit
                                  (list :textDocument (list :uri (client-uri) :version version)
                                        :position (client-position))))
         (edits (plist-get answer :edits)))
    (unless (sequencep edits) (error "No list: %S" answer))
    (when (> (length edits) 0)
      (let* ((edit (elt edits 0)) (document (plist-get edit :textDocument)))
        (unless (and (= (plist-get document :version) version)
                     (string= (plist-get document :uri) (client-uri)))
          (error "Of another text: %S" edit))
        (client-notify 'textDocument/didShowInlineEdit
                       (list :item (list :command (plist-get edit :command))))
        edit))))

(defun client-make (edit)
  (let* ((range (plist-get edit :range)) (command (plist-get edit :command))
         (from (client-place (plist-get range :start))))
    (delete-region from (client-place (plist-get range :end)))
    (goto-char from)
    (insert (plist-get edit :text))
    (client-notify 'workspace/executeCommand
                   (list :command (plist-get command :command) :arguments (plist-get command :arguments)))))

(defun client-run ()
  (setq make-backup-files nil)
  (find-file (car command-line-args-left))
  (setq command-line-args-left nil)
  (client-start)
  (goto-char (point-min))
  (search-forward "  x = 0")
  (backward-char 5)
  ;; As it completes at each key.
  (insert "p")
  (jsonrpc-request client 'textDocument/inlineCompletion
                   (list :textDocument (list :uri (client-uri) :version client-version) :position (client-position)
                         :context '(:triggerKind 2) :formattingOptions '(:tabSize 2 :insertSpaces t)))
  (let* ((first (client-ask)) (made (progn (client-make first) (client-ask))) (again (client-ask)) third)
    ;; The person has seen it, sends it away, which nobody is told of, and types elsewhere.
    (sleep-for 0.7)
    (goto-char (point-min))
    (search-forward "this.y = y;")
    (insert ";")
    (setq third (client-ask))
    (delete-char -1)
    (undo-boundary)
    (client-make made)
    (write-region (json-serialize (list :first (plist-get first :text) :second (plist-get made :text)
                                        :again (plist-get again :text) :third (plist-get third :text)))
                  nil (concat buffer-file-name ".seen") nil 'quiet)
    (undo-boundary)
    (primitive-undo 1 (cdr buffer-undo-list))
    (save-buffer)
    ;; Whatever was sent is read before the server ends.
    (jsonrpc-request client 'shutdown nil)
    (client-notify 'exit nil)))

(client-run)
