;;; emacs-eglot.el --- copilot-lsp through eglot, which Emacs 29 and newer have  -*- lexical-binding: t -*-

;; Put this into your init file. Suggestions come at completion-at-point (M-TAB, C-M-i), and through whatever shows its
;; candidates as you type: completion-preview-mode (Emacs 30), corfu, company.
;; Sign in once with `copilot-lsp login' in a shell, or with M-x copilot-sign-in here. M-x copilot-status says how it goes.

(require 'eglot)

;; eglot runs one server in a buffer. To have another one beside it, put a multiplexer here.
(add-to-list 'eglot-server-programs '((python-mode python-ts-mode js-mode js-ts-mode) . ("copilot-lsp" "--stdio")))

;; What is typed is not a reason to be silent until the next key.
(setq eglot-send-changes-idle-time 0)

(add-hook 'python-mode-hook #'eglot-ensure)
(add-hook 'js-mode-hook #'eglot-ensure)

(defun copilot-next-edit ()
  "Make the edit that should follow the last ones, and go there.
M-x eglot-code-actions shows it before it is made."
  (interactive)
  (eglot-execute (eglot--current-server-or-lose) '(:command "copilot.nextEdit" :arguments [])))

(define-key eglot-mode-map (kbd "C-c n") #'copilot-next-edit)

(defun copilot-sign-in ()
  "Sign in to GitHub Copilot; the code to enter is shown as a message."
  (interactive)
  (eglot-execute (eglot--current-server-or-lose) '(:command "copilot.signIn" :arguments [])))

(defun copilot-sign-out ()
  "Sign out of GitHub Copilot."
  (interactive)
  (eglot-execute (eglot--current-server-or-lose) '(:command "copilot.signOut" :arguments [])))

(defun copilot-status ()
  "Say how it goes with GitHub Copilot, as a message."
  (interactive)
  (eglot-execute (eglot--current-server-or-lose) '(:command "copilot.status" :arguments [])))

;;; emacs-eglot.el ends here
