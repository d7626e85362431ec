"""The adversarial training, from the outside in.

trainer                 the whole of it: intervals of steps, validation, the best weights
gan_step                one step of the minimax loop
critic_inputs           which cells the critic is shown; `likelihood_free`: what the generator
                        learns from it where no likelihood is learned
objectives              the losses and penalties; `optimizer` moves the weights
condition_sampler       real rows, and the masks under which they are shown
validation              held-out rows: likelihood, two-sample score, failures
early_stopping          what ends a training; `rollback` goes back after a failure
time_budget             a time limit -> steps
loss_meter              means of the losses between validations
checkpoint              a running fit in a file; `plain_state` are its tensors as arrays,
                        `saved_training` what has to fit before it goes on
"""
